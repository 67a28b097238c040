//! Data files with their readers: phrases and plan templates.
