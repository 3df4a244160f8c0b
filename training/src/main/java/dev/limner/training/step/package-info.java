/** One training step and its terms: losses, penalties, optimiser, average, augmentation. */
@NullMarked
package dev.limner.training.step;

import org.jspecify.annotations.NullMarked;
