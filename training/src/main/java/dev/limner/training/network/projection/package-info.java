/** The default critic. */
@NullMarked
package dev.limner.training.network.projection;

import org.jspecify.annotations.NullMarked;
