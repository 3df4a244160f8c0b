package dev.limner.training.network;

import dev.limner.training.settings.Kind;

/** The open set of critics. */
public interface CriticKind extends Kind<CriticSpec> {}
