/** How weights move, and their average. */
@NullMarked
package dev.limner.training.optimizer;

import org.jspecify.annotations.NullMarked;
