/** Critics: networks that are only trained, never served. Each has a package of its own below. */
@NullMarked
package dev.limner.training.network;

import org.jspecify.annotations.NullMarked;
