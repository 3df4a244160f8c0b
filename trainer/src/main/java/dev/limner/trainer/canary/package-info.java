/** A release that only some jobs see, held against the one beside it. */
@NullMarked
package dev.limner.trainer.canary;

import org.jspecify.annotations.NullMarked;
