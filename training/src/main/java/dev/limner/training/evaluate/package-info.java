/** Evaluation of what a generator makes. */
@NullMarked
package dev.limner.training.evaluate;

import org.jspecify.annotations.NullMarked;
