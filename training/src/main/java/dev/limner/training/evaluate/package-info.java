/** Looking at what a generator draws. */
@NullMarked
package dev.limner.training.evaluate;

import org.jspecify.annotations.NullMarked;
