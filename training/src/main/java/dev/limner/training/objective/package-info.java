/** What a step minimises: losses and further terms. */
@NullMarked
package dev.limner.training.objective;

import org.jspecify.annotations.NullMarked;
