# What `cmake --install --component bundle` puts into a relocatable folder; `./breakeven bundle` adds the CPU libraries.
install(TARGETS ${programs} RUNTIME DESTINATION bin COMPONENT bundle)
install(DIRECTORY operations/lists DESTINATION share/breakeven COMPONENT bundle OPTIONAL)
install(FILES operations/data/digits.csv operations/data/README.md DESTINATION share/breakeven/data COMPONENT bundle)
