//! Recognising CSV exports: delimiter, encoding and columns, then rows and their troubles.
