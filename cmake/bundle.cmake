# What `cmake --install --component bundle` puts into a relocatable folder; `./breakeven bundle` adds the CPU libraries.
# The program that trains is for where people watch: it would be a seventh of the archive.
list(REMOVE_ITEM programs train)
install(TARGETS ${programs} RUNTIME DESTINATION bin COMPONENT bundle)
install(DIRECTORY operations/lists DESTINATION share/breakeven COMPONENT bundle OPTIONAL)
install(FILES operations/data/digits.csv operations/data/README.md DESTINATION share/breakeven/data COMPONENT bundle)
