"""Four tools that most spells want: calculator, datetime, file_read, json_query."""
