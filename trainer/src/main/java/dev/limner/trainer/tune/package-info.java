/** One training step and its terms: losses, penalties, optimiser, average, augmentation. */
@NullMarked
package dev.limner.trainer.tune;

import org.jspecify.annotations.NullMarked;
