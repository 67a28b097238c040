package app.belay

/** Panics on purpose with the words it is given, and prints all there is of the failure. */
fun main(arguments: Array<String>) {
    try {
        typed { panicForTest(arguments.first()) }
    } catch (why: BelayException) {
        println("code ${why.code}")
        println(why.detail)
        println(why.stackTraceToString())
    }
}
