/** What the players minimise: objectives, and terms of the generator's loss. One file each. */
@NullMarked
package dev.limner.training.objective;

import org.jspecify.annotations.NullMarked;
