/** What keeps a step from going too far. */
@NullMarked
package dev.limner.training.regularizer;

import org.jspecify.annotations.NullMarked;
