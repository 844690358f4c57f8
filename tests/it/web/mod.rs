//! The pages, over real HTTP with a browser's manners.

mod layers;
