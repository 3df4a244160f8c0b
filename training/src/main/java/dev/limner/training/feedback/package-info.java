/** Feedback records: read, checked against the pictures they speak of, and remembered. */
@NullMarked
package dev.limner.training.feedback;

import org.jspecify.annotations.NullMarked;
