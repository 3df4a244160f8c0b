/** Images and captions disturbed before the networks see them. */
@NullMarked
package dev.limner.training.augment;

import org.jspecify.annotations.NullMarked;
