/** What arrays and random numbers of a training have in common. */
@NullMarked
package dev.limner.training.tensor;

import org.jspecify.annotations.NullMarked;
