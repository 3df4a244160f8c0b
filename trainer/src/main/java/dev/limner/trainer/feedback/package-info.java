/** The feedback topic as the service reads it. */
@NullMarked
package dev.limner.trainer.feedback;

import org.jspecify.annotations.NullMarked;
