/** Feedback records: read, checked against the images they speak of, and remembered. */
@NullMarked
package dev.limner.training.feedback;

import org.jspecify.annotations.NullMarked;
