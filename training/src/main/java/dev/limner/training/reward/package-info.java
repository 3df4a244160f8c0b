/** What people like, learned from their feedback: an ensemble of small heads on the judges' features. */
@NullMarked
package dev.limner.training.reward;

import org.jspecify.annotations.NullMarked;
