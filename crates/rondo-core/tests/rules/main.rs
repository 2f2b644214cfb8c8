//! The rules from outside: stories for each numbered rule, and random walks in which the core and a separately written,
//! naive model of the rules are compared step by step.

mod acts;
mod found;
mod mail;
mod model;
mod pair;
mod properties;
mod script;
mod shelf;
mod stories;
mod tidy;
mod users;
mod world;
