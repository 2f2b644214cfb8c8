//! Where time and randomness enter: the `Clock` and `Entropy` that everything else is handed.
