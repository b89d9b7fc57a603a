"""An invented world to try the site with: loaded only where DEMO is on, refused by production."""
