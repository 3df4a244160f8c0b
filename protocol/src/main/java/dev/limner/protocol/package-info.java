/** The messages of the fleet: records, validation, codec. The contract every producer and consumer shares. */
@NullMarked
package dev.limner.protocol;

import org.jspecify.annotations.NullMarked;
