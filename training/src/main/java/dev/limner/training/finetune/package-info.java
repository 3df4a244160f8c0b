/** A fine-tuning round: a live model learns from feedback and examples, as far as it gets better. */
@NullMarked
package dev.limner.training.finetune;

import org.jspecify.annotations.NullMarked;
