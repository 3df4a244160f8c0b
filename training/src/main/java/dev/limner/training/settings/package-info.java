/** How a recipe's parts are read: keys, ranges, and the members of open sets by their ids. */
@NullMarked
package dev.limner.training.settings;

import org.jspecify.annotations.NullMarked;
