/** Whether a tuned model is better than what it was tuned from, by measurement. */
@NullMarked
package dev.limner.training.gate;

import org.jspecify.annotations.NullMarked;
