/**
 * Whether libtorch computes convolutions rightly on this processor, and how they are given to it where it does not. Knows
 * nothing of networks, models or images.
 */
@NullMarked
package dev.limner.generator.arithmetic;

import org.jspecify.annotations.NullMarked;
