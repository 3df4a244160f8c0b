/** Reading topics that belong to no group: the same for every service and command. */
@NullMarked
package dev.limner.kafka;

import org.jspecify.annotations.NullMarked;
