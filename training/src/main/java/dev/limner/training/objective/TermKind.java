package dev.limner.training.objective;

import dev.limner.training.settings.Kind;

/** The open set of terms that a recipe may name. */
public interface TermKind extends Kind<GeneratorTerm> {}
