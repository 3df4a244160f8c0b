package dev.limner.training.objective;

import dev.limner.training.settings.Kind;

/** The open set of objectives. */
public interface ObjectiveKind extends Kind<Objective> {}
