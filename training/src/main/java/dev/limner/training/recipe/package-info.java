/** What to train, as data. */
@NullMarked
package dev.limner.training.recipe;

import org.jspecify.annotations.NullMarked;
