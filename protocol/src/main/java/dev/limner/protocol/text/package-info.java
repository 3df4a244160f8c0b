/** How text that users bring is read, everywhere: strict UTF-8, strict JSON, faults that name file and line. */
@NullMarked
package dev.limner.protocol.text;

import org.jspecify.annotations.NullMarked;
