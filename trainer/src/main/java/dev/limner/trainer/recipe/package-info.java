/** What to train, as data. */
@NullMarked
package dev.limner.trainer.recipe;

import org.jspecify.annotations.NullMarked;
