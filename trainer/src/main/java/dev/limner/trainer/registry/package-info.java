/** That one trainer alone decides what is live. */
@NullMarked
package dev.limner.trainer.registry;

import org.jspecify.annotations.NullMarked;
