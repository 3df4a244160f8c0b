/** Models as the fleet knows them: immutable bundles in the store, what is live on the models topic. */
@NullMarked
package dev.limner.trainer.registry;

import org.jspecify.annotations.NullMarked;
