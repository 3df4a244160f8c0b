/** Networks that are only trained, never served. */
@NullMarked
package dev.limner.training.network;

import org.jspecify.annotations.NullMarked;
