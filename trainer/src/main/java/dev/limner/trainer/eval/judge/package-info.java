/** The frozen networks that evaluation looks through, and how they are trained. */
@NullMarked
package dev.limner.trainer.eval.judge;

import org.jspecify.annotations.NullMarked;
