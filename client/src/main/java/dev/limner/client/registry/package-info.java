/** Models as the fleet knows them: immutable bundles in the store, what is live on the models topic. */
@NullMarked
package dev.limner.client.registry;

import org.jspecify.annotations.NullMarked;
