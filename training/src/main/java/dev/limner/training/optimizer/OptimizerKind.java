package dev.limner.training.optimizer;

import dev.limner.training.settings.Kind;

/** The open set of optimizers. Learning rate, average and accumulation are common to all and not theirs to read. */
public interface OptimizerKind extends Kind<UpdateRule> {}
