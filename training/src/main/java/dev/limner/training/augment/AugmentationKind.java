package dev.limner.training.augment;

import dev.limner.training.settings.Kind;

/** The open set of augmentations. */
public interface AugmentationKind extends Kind<Augmentation> {}
