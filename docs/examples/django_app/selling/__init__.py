"""The app: deals on a board, in a form and in the admin."""
