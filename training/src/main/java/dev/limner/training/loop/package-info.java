/** The training loop: the only package that knows the order of sampling, stepping, saving and showing. */
@NullMarked
package dev.limner.training.loop;

import org.jspecify.annotations.NullMarked;
