/** Looking at what a generator draws. */
@NullMarked
package dev.limner.trainer.eval;

import org.jspecify.annotations.NullMarked;
