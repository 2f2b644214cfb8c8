//! The lists and details that views are made of.
