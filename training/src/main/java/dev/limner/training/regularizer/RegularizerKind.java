package dev.limner.training.regularizer;

import dev.limner.training.settings.Kind;

/** The open set of regularizers. */
public interface RegularizerKind extends Kind<Regularizer> {}
