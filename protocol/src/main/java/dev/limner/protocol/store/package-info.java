/** What a folder of objects holds besides them, for everybody who writes to it, reads it or clears it. */
@NullMarked
package dev.limner.protocol.store;

import org.jspecify.annotations.NullMarked;
