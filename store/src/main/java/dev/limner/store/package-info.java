/** Images as durable, content-addressed objects, whatever keeps them; whose exceptions say whether trying again helps. */
@NullMarked
package dev.limner.store;

import org.jspecify.annotations.NullMarked;
