/** Feedback and what becomes of it: ratings, fine-tuning rounds, released models. */
@NullMarked
package dev.limner.cli.release;

import org.jspecify.annotations.NullMarked;
