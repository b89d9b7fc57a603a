// What runs on every page. Each part looks for its data-* marks and does nothing without them.
import { watchBell } from "base/bell";
import { watchDialogs } from "base/dialogs";
import { watchForms } from "base/forms";
import { watchMenus } from "base/menus";
import { watchPasskeys } from "base/passkeys";
import { watchCharts } from "base/charts";
import { watchTheme } from "base/theme";
import { watchToasts } from "base/toasts";

watchToasts();
watchDialogs();
watchMenus();
watchForms();
watchTheme();
watchCharts();
watchPasskeys();
watchBell();
