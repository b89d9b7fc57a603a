"""`make run`: the servers, the site, a Celery worker and beat, as children of one process."""
